/** Devices in containers. */
@NullMarked
package io.jcri.it.devices;

import org.jspecify.annotations.NullMarked;
