/**
 * Measures the budgets of the design on the whole system: a built daemon, driven through its CRI
 * socket as a kubelet would, held against the budget and, in the same run with the same OCI runtime
 * and network plugins, against containerd.
 *
 * <p><i>Bench</i> is the order of things, <i>Rival</i> one runtime that takes part, <i>PodLife</i>
 * what is done to it; the other classes are one measurement each. The rounds of the runtimes take
 * turns, so that a machine that gets slower does so for each. No test: a missed budget is reported
 * and fails nothing.
 *
 * <p><i>Load</i> has a table of its own: what counts there is the slowest of many pods. Its second
 * run is on a <i>SlowDisk</i>, with runtimes of its own (<i>Rivals</i>).
 */
@NullMarked
package io.jcri.it.bench;

import org.jspecify.annotations.NullMarked;
