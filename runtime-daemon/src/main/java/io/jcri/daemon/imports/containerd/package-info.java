/**
 * The images of containerd 1.x and 2.x: their names are in its database, their blobs in its content
 * store.
 */
@NullMarked
package io.jcri.daemon.imports.containerd;

import org.jspecify.annotations.NullMarked;
