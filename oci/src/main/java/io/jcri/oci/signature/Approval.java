package io.jcri.oci.signature;

/**
 * That an image has met what the policy wanted of it when it was pulled.
 *
 * @param reference the image was pulled by, in full
 * @param policy stands for what was wanted, keys included: another one means that it has changed
 */
public record Approval(String reference, String policy) {}
