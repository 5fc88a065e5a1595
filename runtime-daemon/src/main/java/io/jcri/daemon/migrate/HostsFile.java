package io.jcri.daemon.migrate;

import java.nio.file.Path;

/**
 * A {@code hosts.toml} to be made.
 *
 * @param secret whether it has a password, so that nobody but its owner may read it
 */
public record HostsFile(Path file, String text, boolean secret) {}
