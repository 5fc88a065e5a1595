package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.daemon.core.JcriException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {
  /** A copy of a message for each of its texts, however deep, with a NUL in that one. */
  private static List<Message> spoilt(Message.Builder type) {
    List<Message> all = new ArrayList<>();
    for (FieldDescriptor field : type.getDescriptorForType().getFields()) {
      List<Object> values = new ArrayList<>();
      if (field.getType() == FieldDescriptor.Type.STRING) {
        values.add("a\0b");
      } else if (field.getType() == FieldDescriptor.Type.MESSAGE) {
        values.addAll(spoilt(type.newBuilderForField(field)));
      }
      for (Object value : values) {
        Message.Builder copy = type.build().toBuilder();
        all.add(
            (field.isRepeated() ? copy.addRepeatedField(field, value) : copy.setField(field, value))
                .build());
      }
    }
    return all;
  }

  @Test
  void noTextOfAnyRequestHasANul() {
    for (Message.Builder type :
        List.of(
            RunPodSandboxRequest.newBuilder(),
            CreateContainerRequest.newBuilder(),
            UpdateContainerResourcesRequest.newBuilder(),
            ExecSyncRequest.newBuilder())) {
      List<Message> requests = spoilt(type);
      assertThat(requests).isNotEmpty();
      for (Message request : requests) {
        assertThatThrownBy(() -> Texts.check(request))
            .as(request.toString())
            .isInstanceOf(JcriException.class)
            .hasMessageEndingWith(" has a NUL");
      }
    }
  }

  @Test
  void theFieldIsNamed() {
    RunPodSandboxRequest.Builder request = RunPodSandboxRequest.newBuilder();
    request.getConfigBuilder().getMetadataBuilder().setName("a\0b");
    assertThatThrownBy(() -> Texts.check(request.build()))
        .hasMessage("config.metadata.name has a NUL");
    request.getConfigBuilder().clear().putLabels("key", "\0");
    assertThatThrownBy(() -> Texts.check(request.build())).hasMessage("config.labels has a NUL");
  }

  @Test
  void whatIsNoTextMayHoldAnything() {
    CreateContainerRequest.Builder request = CreateContainerRequest.newBuilder();
    request
        .getConfigBuilder()
        .addEnvsBuilder()
        .setKey("K")
        .setValue(ByteString.copyFrom(new byte[] {0, 1}));
    request.getConfigBuilder().getLinuxBuilder().getResourcesBuilder();
    request.getSandboxConfigBuilder().putAnnotations("empty", "");
    assertThatCode(() -> Texts.check(request.build())).doesNotThrowAnyException();
  }

  @Test
  void aCgroupParentHasRoomBelowIt() {
    assertThat(Texts.cgroupParent("/kubepods/burstable/pod1", "f"))
        .isEqualTo("/kubepods/burstable/pod1");
    assertThat(Texts.cgroupParent("", "f")).isEmpty();
    assertThat(Texts.cgroupParent("a".repeat(250) + ".s", "f")).isNotEmpty();
    assertThatThrownBy(() -> Texts.cgroupParent("/a".repeat(2500), "f"))
        .hasMessage("f makes a path of 5000 bytes, of 2048 that it may have");
    assertThatThrownBy(() -> Texts.cgroupParent("a-".repeat(120) + "b.slice", "f"))
        .hasMessageContaining("of 2048 that it may have");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/../b", "..", "/./a"})
  void aCgroupParentGoesNoOtherWay(String parent) {
    assertThatThrownBy(() -> Texts.cgroupParent(parent, "f"))
        .hasMessageContaining("step that no cgroup may have");
    assertThatThrownBy(() -> Texts.cgroupParent("/" + "x".repeat(256), "f"))
        .hasMessageContaining("step that no cgroup may have");
  }

  @Test
  void aPodsNameFitsAVariable() {
    assertThat(Texts.named("n".repeat(1024), "f")).hasSize(1024);
    assertThatThrownBy(() -> Texts.named("ä".repeat(513), "f"))
        .hasMessage("f has 1026 bytes, of 1024 that it may have");
    assertThatThrownBy(() -> Texts.named("a;K8S_POD_NAME=b", "f")).hasMessageContaining(";");
  }
}
