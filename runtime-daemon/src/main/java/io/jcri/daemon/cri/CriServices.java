package io.jcri.daemon.cri;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import java.util.List;
import java.util.stream.Stream;

/** CRI's two services: each a table of calls, filled by the features that answer them. */
public final class CriServices {
  private CriServices() {}

  /** The full names of all calls. */
  public static List<String> methods() {
    return Stream.of(
            RuntimeServiceGrpc.getServiceDescriptor(), ImageServiceGrpc.getServiceDescriptor())
        .flatMap(service -> service.getMethods().stream())
        .map(MethodDescriptor::getFullMethodName)
        .toList();
  }

  public static BindableService runtime(CallGroup... groups) {
    return new CallTable(RuntimeServiceGrpc.getServiceDescriptor(), groups);
  }

  public static BindableService images(CallGroup... groups) {
    return new CallTable(ImageServiceGrpc.getServiceDescriptor(), groups);
  }
}
