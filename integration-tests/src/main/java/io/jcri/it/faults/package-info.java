/**
 * The machine that breaks jcri, behind {@code scripts/faults}: pods go up and down as a kubelet
 * takes them, something is broken at a chosen point, and a judge looks whether anything was lost or
 * left behind. A round is made by one number, its seed, so that it can be had again. {@link
 * io.jcri.it.faults.FaultRun} begins it all, {@link io.jcri.it.faults.Faults} lists what is broken,
 * {@link io.jcri.it.faults.PodCourse} is the client, {@link io.jcri.it.faults.Judge} the judge.
 *
 * <p>{@link io.jcri.it.faults.PeerRun} does what can be done to any runtime to jcri and another
 * one, and counts what each has lost, by {@link io.jcri.it.faults.Fate} and {@link
 * io.jcri.it.faults.LogCount}.
 */
@NullMarked
package io.jcri.it.faults;

import org.jspecify.annotations.NullMarked;
