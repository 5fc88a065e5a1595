package io.jcri.cri.v1;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/** Says a compiled protobuf file in the words of {@code wire-facts.txt}, one fact a line. */
public final class WireFacts {
  private final Collection<String> facts = new TreeSet<>();

  private WireFacts() {}

  /** Returns every fact that decides how the file's services and messages look on the wire. */
  public static Collection<String> of(FileDescriptor file) {
    WireFacts facts = new WireFacts();
    file.getServices().forEach(facts::service);
    file.getMessageTypes().forEach(facts::message);
    file.getEnumTypes().forEach(facts::enumeration);
    return facts.facts;
  }

  private void service(ServiceDescriptor service) {
    for (MethodDescriptor rpc : service.getMethods()) {
      facts.add(
          String.join(
              " ",
              "rpc",
              service.getName(),
              rpc.getName(),
              rpc.isClientStreaming() ? "stream" : "unary",
              name(rpc.getInputType()),
              rpc.isServerStreaming() ? "stream" : "unary",
              name(rpc.getOutputType())));
    }
  }

  private void message(Descriptor message) {
    if (message.getOptions().getMapEntry()) {
      return; // how a map field is spelled inside; the field itself says it
    }
    facts.add("message " + name(message));
    message.getFields().forEach(this::field);
    message.getNestedTypes().forEach(this::message);
    message.getEnumTypes().forEach(this::enumeration);
  }

  private void field(FieldDescriptor field) {
    String label = field.isMapField() ? "map" : field.isRepeated() ? "repeated" : "singular";
    facts.add(
        "field %s %s %d %s %s%s%s"
            .formatted(
                name(field.getContainingType()),
                field.getName(),
                field.getNumber(),
                type(field),
                label,
                field.getOptions().getDeprecated() ? " deprecated" : "",
                field.getOptions().getDebugRedact() ? " debug_redact" : ""));
  }

  private void enumeration(EnumDescriptor type) {
    type.getValues()
        .forEach(value ->
            facts.add("value %s %s %d".formatted(name(type), value.getName(), value.getNumber())));
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      return type(entry.findFieldByNumber(1)) + "," + type(entry.findFieldByNumber(2));
    }
    return switch (field.getJavaType()) {
      case MESSAGE -> name(field.getMessageType());
      case ENUM -> name(field.getEnumType());
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
          field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String name(Descriptor type) {
    return type.getFullName().substring(type.getFile().getPackage().length() + 1);
  }

  private static String name(EnumDescriptor type) {
    return type.getFullName().substring(type.getFile().getPackage().length() + 1);
  }
}
