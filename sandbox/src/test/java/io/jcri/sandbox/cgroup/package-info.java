/** Tests of control groups, on recorded trees and, when named KernelTest, on the real ones. */
@NullMarked
package io.jcri.sandbox.cgroup;

import org.jspecify.annotations.NullMarked;
