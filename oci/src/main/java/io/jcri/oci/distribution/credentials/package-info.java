/**
 * Who the node is to a registry: Docker's config.json, credential helpers, and which registry a
 * password is for.
 */
@NullMarked
package io.jcri.oci.distribution.credentials;

import org.jspecify.annotations.NullMarked;
