package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.CriServices;
import io.jcri.daemon.cri.Served;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallTableTest {
  @TempDir Path directory;

  private static VersionResponse version(VersionRequest request) {
    if (request.getVersion().isEmpty()) {
      throw JcriException.invalid("no version");
    }
    return VersionResponse.newBuilder().setVersion(request.getVersion()).build();
  }

  @Test
  void eachMethodIsAnsweredByItsHandler() throws Exception {
    BindableService service =
        CriServices.runtime(table ->
            table.unary(RuntimeServiceGrpc.getVersionMethod(), CallTableTest::version).stream(
                RuntimeServiceGrpc.getGetContainerEventsMethod(),
                (_, replies) -> {
                  replies.send(ContainerEventResponse.newBuilder().setCreatedAt(1).build());
                  replies.send(ContainerEventResponse.newBuilder().setCreatedAt(2).build());
                }));
    try (Served served = new Served(directory, service)) {
      VersionRequest asked = VersionRequest.newBuilder().setVersion("v1").build();
      assertThat(served.runtime().version(asked).getVersion()).isEqualTo("v1");
      assertThatThrownBy(() -> served.runtime().version(VersionRequest.getDefaultInstance()))
          .hasMessage("INVALID_ARGUMENT: no version");
      assertThat(served.runtime().getContainerEvents(GetEventsRequest.getDefaultInstance()))
          .toIterable()
          .extracting(ContainerEventResponse::getCreatedAt)
          .isEqualTo(List.of(1L, 2L));
    }
  }

  @Test
  void aMethodWithoutAHandlerIsUnimplemented() throws Exception {
    try (Served served = new Served(directory, CriServices.runtime())) {
      for (Runnable call :
          List.<Runnable>of(
              () -> served.runtime().removeContainer(RemoveContainerRequest.getDefaultInstance()),
              () ->
                  served
                      .runtime()
                      .getContainerEvents(GetEventsRequest.getDefaultInstance())
                      .forEachRemaining(_ -> {}))) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
      }
    }
  }

  @Test
  void twoHandlersForAMethodAreAMistake() {
    CallGroup group =
        table -> table.unary(RuntimeServiceGrpc.getVersionMethod(), CallTableTest::version);

    assertThatThrownBy(() -> CriServices.runtime(group, group))
        .hasMessageContaining("two handlers for runtime.v1.RuntimeService/Version");
  }
}
