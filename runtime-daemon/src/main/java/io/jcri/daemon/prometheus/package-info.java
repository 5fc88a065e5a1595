/**
 * What Prometheus is told of the daemon: {@link io.jcri.daemon.prometheus.MetricsEndpoint} serves
 * it where the configuration says, and nothing of this is loaded where it says nothing. Of pods and
 * containers the kubelet is told, by {@code daemon.metrics}.
 */
@NullMarked
package io.jcri.daemon.prometheus;

import org.jspecify.annotations.NullMarked;
