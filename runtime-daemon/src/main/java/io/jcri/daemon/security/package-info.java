/**
 * What confines a container beyond namespaces and capabilities: AppArmor profiles and SELinux
 * labels, as far as this node has the one or the other.
 */
@NullMarked
package io.jcri.daemon.security;

import org.jspecify.annotations.NullMarked;
