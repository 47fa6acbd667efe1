package dev.drover.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes a lab with a process in it, says that process's id, and waits to be killed. */
final class LabMaker {
    private LabMaker() {}

    /** Arguments: prefix, state directory. */
    public static void main(String[] arguments) throws IOException {
        Lab lab = Lab.create(new Layout(arguments[0], 2), Path.of(arguments[1]));
        Process sleeper = lab.host(2).start("sleeper", List.of("sleep", "1000"));
        System.out.println(sleeper.pid());
        // Never comes: the test holds the other end.
        System.in.read();
        lab.close();
    }
}
