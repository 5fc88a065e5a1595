package io.jcri.daemon.imports;

import java.util.List;

/**
 * An image that cannot be taken over.
 *
 * @param called what it is called there
 * @param reason in one line
 */
public record UnusableImage(List<String> called, String reason) implements FoundImage {}
