/** OCI hooks that directories of the node configure, oci-hooks(5). */
@NullMarked
package io.jcri.oci.hooks;

import org.jspecify.annotations.NullMarked;
