package io.jcri.daemon.cri.call;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, for a line in the log. Asks messages by their descriptors, which is slow
 * the first time: only for calls that fail or are slow.
 */
final class Subjects {
  private Subjects() {}

  /** Such as {@code container <id>}, {@code pod default/web}; empty when it names nothing. */
  static String of(@Nullable Object request) {
    if (!(request instanceof Message message)) {
      return "";
    }
    String container = text(message, "container_id");
    if (!container.isEmpty()) {
      return "container " + container;
    }
    String name = name(message);
    String pod = text(message, "pod_sandbox_id");
    if (!pod.isEmpty()) {
      return (name.isEmpty() ? "pod " : "container " + name + " in pod ") + pod;
    }
    String image = text(inner(message, "image"), "image");
    return !image.isEmpty() ? "image " + image : name.isEmpty() ? "" : "pod " + name;
  }

  /** Of what is to be made. */
  private static String name(Message request) {
    @Nullable Message metadata = inner(inner(request, "config"), "metadata");
    String namespace = text(metadata, "namespace");
    return (namespace.isEmpty() ? "" : namespace + "/") + text(metadata, "name");
  }

  private static @Nullable Message inner(@Nullable Message message, String name) {
    @Nullable FieldDescriptor field = field(message, name, FieldDescriptor.JavaType.MESSAGE);
    return message == null || field == null ? null : (Message) message.getField(field);
  }

  private static String text(@Nullable Message message, String name) {
    @Nullable FieldDescriptor field = field(message, name, FieldDescriptor.JavaType.STRING);
    return message == null || field == null ? "" : (String) message.getField(field);
  }

  private static @Nullable FieldDescriptor field(
      @Nullable Message message, String name, FieldDescriptor.JavaType type) {
    if (message == null) {
      return null;
    }
    @Nullable FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    return field == null || field.isRepeated() || field.getJavaType() != type ? null : field;
  }
}
