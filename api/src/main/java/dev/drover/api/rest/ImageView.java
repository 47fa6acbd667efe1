package dev.drover.api.rest;

import java.util.List;

/**
 * A base image.
 *
 * @param sha256 of its file, lower-case hexadecimal
 * @param format of its file: raw or qcow2
 * @param fileBytes length of its file
 * @param sizeBytes as a guest sees it
 * @param hosts that are connected and have it
 */
public record ImageView(
        String name,
        String sha256,
        String format,
        long fileBytes,
        long sizeBytes,
        List<String> hosts) {}
