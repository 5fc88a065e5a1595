/**
 * What may happen to a container and a pod: which event leads from which phase to which, and what
 * has to be done for it. Pure tables; who carries them out is in the packages of containers, pods
 * and recovery. Depends on nothing.
 */
@NullMarked
package io.jcri.daemon.life;

import org.jspecify.annotations.NullMarked;
