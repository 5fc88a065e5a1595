package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ListMetricDescriptorsRequest;
import io.jcri.cri.v1.ListMetricDescriptorsResponse;
import io.jcri.cri.v1.MetricDescriptor;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.metrics.Metrics;

/** {@code ListMetricDescriptors}: the metrics that this host can give; always the same. */
final class ListMetricDescriptors
    implements Call<ListMetricDescriptorsRequest, ListMetricDescriptorsResponse> {
  private final ListMetricDescriptorsResponse reply;

  ListMetricDescriptors(Metrics metrics) {
    ListMetricDescriptorsResponse.Builder all = ListMetricDescriptorsResponse.newBuilder();
    metrics
        .available()
        .forEach(metric ->
            all.addDescriptors(
                MetricDescriptor.newBuilder()
                    .setName(metric.label())
                    .setHelp(metric.help())
                    .addAllLabelKeys(metric.labels())));
    this.reply = all.build();
  }

  @Override
  public ListMetricDescriptorsResponse handle(ListMetricDescriptorsRequest request) {
    return reply;
  }
}
