package io.jcri.oci.snapshot;

import java.nio.file.Path;

/**
 * A layer that is whole and durable, its record included, but not in its place yet.
 *
 * @param directory of {@link LayerShelf#makeTemporary}
 * @param key see {@link LayerStore}
 */
public record WholeLayer(Path directory, String key, LayerInfo info) {}
