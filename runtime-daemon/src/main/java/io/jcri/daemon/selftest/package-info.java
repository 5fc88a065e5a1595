/**
 * {@code jcri selftest}: a client of the CRI socket that needs nothing but the installation. It
 * makes an image, serves it from a registry on loopback, and takes a pod through its whole life.
 */
@NullMarked
package io.jcri.daemon.selftest;

import org.jspecify.annotations.NullMarked;
