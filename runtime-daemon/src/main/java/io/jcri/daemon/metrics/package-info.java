/**
 * The metrics of pods and containers for Prometheus, under the names, with the help and the labels
 * that cAdvisor gives them, so that what is made of the kubelet's {@code /metrics/cadvisor} stays
 * as it is when the kubelet takes them from its runtime. Read from cgroup files and /proc when
 * asked.
 *
 * <p>CRI's values are whole numbers, so times are told in whole seconds. What a host cannot count
 * (huge pages, pressure) is neither named nor given. Not given are cAdvisor's host-wide disk
 * figures, which tell nothing about a container, and those that the kubelet leaves out itself.
 */
@NullMarked
package io.jcri.daemon.metrics;

import org.jspecify.annotations.NullMarked;
