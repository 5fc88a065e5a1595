# jcri's commands for people; all of them may be repeated. See README.md.
JAVA_HOME := $(shell .mvn/find-jdk)
export JAVA_HOME
MVN := ./mvnw -B -q
DIST := runtime-daemon/target/dist/jcri

.PHONY: run build package test faults powercuts soak bench conformance fuzz stop clean jdk

run: ## install what is missing, build, start the daemon, run the selftest
	@runtime-daemon/packaging/install-prerequisites
	@$(MAKE) --no-print-directory build
	@runtime-daemon/packaging/run $(DIST)

build: jdk ## the distribution, in runtime-daemon/target/dist/jcri
	@$(MVN) package -DskipTests -Dmaven.test.skip=true -pl runtime-daemon -am
	@runtime-daemon/packaging/train $(DIST)

package: build ## the Debian package and the archive for a node, in runtime-daemon/target/package; ARCH=arm64 for such a node
	@runtime-daemon/packaging/package $(if $(ARCH),--arch "$(ARCH)")

test: jdk ## every test: unit, native under the sanitizers, integration
	@integration-tests/scripts/test

faults: jdk ## breaks a daemon of its own again and again: make faults SECONDS=600 SEED=1
	@integration-tests/scripts/faults $(if $(SECONDS),--seconds "$(SECONDS)") $(if $(SEED),--seed "$(SEED)")

powercuts: jdk ## cuts the power of a daemon of its own again and again: make powercuts CUTS=50 SEED=1 FS=ext4
	@integration-tests/scripts/powercuts $(if $(CUTS),--cuts "$(CUTS)") $(if $(SEED),--seed "$(SEED)") $(if $(FS),--fs "$(FS)")

soak: jdk ## lets a daemon of its own work, and looks what grows: make soak MINUTES=60 FILE=soak.jsonl
	@integration-tests/scripts/soak $(if $(MINUTES),--minutes "$(MINUTES)") $(if $(FILE),--file "$(abspath $(FILE))")

bench: jdk ## the measurements of design.md's budgets
	@integration-tests/scripts/bench

conformance: jdk ## critest against a fresh daemon; HANDLER=crun, runsc, runsc-shim or runc-shim instead of runc
	@integration-tests/scripts/conformance $(if $(HANDLER),--handler "$(HANDLER)")

fuzz: jdk ## tries inputs that Jazzer makes: make fuzz TARGET=TarFuzz SECONDS=60
	@integration-tests/scripts/fuzz "$(TARGET)" $(SECONDS)

stop: ## end the daemon that "make run" has started
	@runtime-daemon/packaging/run --stop

clean: jdk
	@$(MVN) clean

jdk:
	@test -n "$(JAVA_HOME)"
