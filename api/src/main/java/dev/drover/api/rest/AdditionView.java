package dev.drover.api.rest;

import java.util.Map;

/**
 * What became of a base image that was to be added.
 *
 * @param added false when it was there just so
 * @param refusals why hosts to which it was sent have not got it, by their names
 */
public record AdditionView(boolean added, ImageView image, Map<String, String> refusals) {}
