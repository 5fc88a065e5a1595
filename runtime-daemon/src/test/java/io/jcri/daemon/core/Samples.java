package io.jcri.daemon.core;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Exit;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods and containers of which only what a test is about is said; the rest is empty. */
public final class Samples {
  private Samples() {}

  /** A pod in the making. */
  public static Pod pod(String id, long createdAt) {
    return record(Pod.class, Map.of("id", id, "createdAt", createdAt, "phase", PodPhase.CREATING));
  }

  /** A container in the making. */
  public static Container container(String id, String podId, long createdAt) {
    return record(
        Container.class,
        Map.of(
            "id", id,
            "podId", podId,
            "createdAt", createdAt,
            "stopSignal", "SIGTERM",
            "phase", ContainerPhase.CREATING));
  }

  /** One that has ended with this code, wherever it was. */
  public static Container exited(Container container, int code, long at) {
    return in(container, ContainerPhase.EXITED).withExit(Exit.of(code, at, false));
  }

  /** The same in a phase that it need not come to by an event. */
  public static Container in(Container container, ContainerPhase phase) {
    return with(Container.class, container, phase);
  }

  /** The same in a phase that it need not come to by an event. */
  public static Pod in(Pod pod, PodPhase phase) {
    return with(Pod.class, pod, phase);
  }

  private static <T extends Record> T with(Class<T> type, T before, Object phase) {
    Map<String, Object> said = new HashMap<>();
    try {
      for (RecordComponent component : type.getRecordComponents()) {
        said.put(component.getName(), component.getAccessor().invoke(before));
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot read a " + type, e);
    }
    said.put("phase", phase);
    return record(type, said);
  }

  /** A part of the daemon that has only these parts itself: it can list, and not do. */
  public static <T> T part(Class<T> type, Object... given) {
    Constructor<?>[] open = type.getConstructors();
    Constructor<?> constructor = open.length > 0 ? open[0] : type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    @Nullable Object[] arguments =
        Arrays.stream(constructor.getParameterTypes())
            .map(wanted -> Arrays.stream(given).filter(wanted::isInstance).findFirst().orElse(null))
            .toArray();
    try {
      return type.cast(constructor.newInstance(arguments));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make a " + type, e);
    }
  }

  /** A record with these components, and nothing in the others. */
  public static <T extends Record> T record(Class<T> type, Map<String, Object> said) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components)
            .map(c -> said.containsKey(c.getName()) ? said.get(c.getName()) : nothing(c.getType()))
            .toArray();
    try {
      Constructor<T> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make a " + type, e);
    }
  }

  private static @Nullable Object nothing(Class<?> type) {
    if (type.isRecord()) {
      return record(type.asSubclass(Record.class), Map.of());
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    return List.of("", Optional.empty(), List.of(), Map.of(), Set.of()).stream()
        .filter(type::isInstance)
        .findFirst()
        .orElse(null);
  }
}
