/** Connections to hosts: TLS with the operator's keys, and proxies. */
@NullMarked
package io.jcri.oci.distribution.transport;

import org.jspecify.annotations.NullMarked;
