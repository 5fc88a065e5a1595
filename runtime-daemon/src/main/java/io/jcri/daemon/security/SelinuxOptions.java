package io.jcri.daemon.security;

/** {@code SELinuxOption}: parts of a label; an empty one is the policy's, or allocated. */
public record SelinuxOptions(String user, String role, String type, String level) {}
