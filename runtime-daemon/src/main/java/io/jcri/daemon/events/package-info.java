/**
 * What happens to pods and containers, told to whoever listens (CRI {@code GetContainerEvents}).
 *
 * <p>The events are not sent by those who start and stop things: {@link
 * io.jcri.daemon.record.Registry} tells {@link io.jcri.daemon.events.Events} of each new snapshot,
 * and what it has not yet told of that object follows from the phase. So a state that somebody can
 * see has its event, once, whichever way it came about. The contract:
 *
 * <ul>
 *   <li>Each object's events come in the order CREATED, STARTED, STOPPED, DELETED, each at most
 *       once. A container that could not be started has no STARTED. A sandbox has its own events,
 *       with its own id, and CREATED and STARTED of it follow each other at once, when it is ready;
 *       STOPPED is told when it stops being ready, DELETED as the last of a pod.
 *   <li>All subscribers get the same events in the same order, with times that grow. An event
 *       carries the pod and its containers as they were in that moment.
 *   <li>Events that nobody has taken wait for the next subscriber: the last 1024 of them, and for
 *       five minutes. Who comes while another listens gets what happens from then on.
 *   <li>An event counts as told when every subscriber's socket has it, and that is noted in {@code
 *       /run/jcri/events}. A restarted daemon compares the note with what it finds and tells the
 *       rest: what happened while there was no daemon, such as the end of a container or pods whose
 *       record is gone, and what the last daemon had no time to tell. As many subscribers as the
 *       last daemon had get it, if they come back within five minutes. The note is written by the
 *       thread that wrote to the socket, right after that; only a kill between these two makes an
 *       event come twice, and so hardly one by who has got it.
 *   <li>A subscriber with 1024 events waiting, and those that waited for it when it came, is
 *       dropped and told so; nobody waits for it.
 *   <li>After a reboot nothing is told again; what the reboot has ended has its STOPPED.
 * </ul>
 */
@NullMarked
package io.jcri.daemon.events;

import org.jspecify.annotations.NullMarked;
