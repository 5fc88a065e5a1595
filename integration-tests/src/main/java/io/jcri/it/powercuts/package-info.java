/**
 * The machine that cuts jcri's power, behind {@code scripts/powercuts}. A daemon in namespaces of
 * its own keeps its files on a disk that forgets what was not flushed ({@link
 * io.jcri.it.powercuts.CutDisk}); pods and images come and go, and at some moment the power does.
 * The disk is mounted again, the daemon started as after a boot, and {@link
 * io.jcri.it.powercuts.CutJudge} looks what is lost, wrong or left. {@link
 * io.jcri.it.powercuts.CutRun} begins it all; a round is made by one number, its seed.
 */
@NullMarked
package io.jcri.it.powercuts;

import org.jspecify.annotations.NullMarked;
