/**
 * Who a container's process is: names and numbers, looked up in the accounts of its own root file
 * system, which is hostile.
 */
@NullMarked
package io.jcri.oci.user;

import org.jspecify.annotations.NullMarked;
