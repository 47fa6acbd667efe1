package dev.drover.monitor.rest;

/** What somebody gets who asked. */
sealed interface Answer permits Reply, EventStream {}
