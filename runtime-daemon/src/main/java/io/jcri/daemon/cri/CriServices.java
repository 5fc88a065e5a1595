package io.jcri.daemon.cri;

import io.grpc.BindableService;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;

/** CRI's two services: each a table of calls, filled by the features that answer them. */
public final class CriServices {
  private CriServices() {}

  public static BindableService runtime(CallGroup... groups) {
    return new CallTable(RuntimeServiceGrpc.getServiceDescriptor(), groups);
  }

  public static BindableService images(CallGroup... groups) {
    return new CallTable(ImageServiceGrpc.getServiceDescriptor(), groups);
  }
}
