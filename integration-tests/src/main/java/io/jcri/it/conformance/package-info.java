/**
 * Runs critest, the conformance suite of the Container Runtime Interface, without a network:
 * stand-ins for the images that it pulls are made here and served by a registry on this machine.
 */
@NullMarked
package io.jcri.it.conformance;

import org.jspecify.annotations.NullMarked;
