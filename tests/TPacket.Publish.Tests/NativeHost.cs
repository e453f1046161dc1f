using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>One native program, without a runtime beside it.</summary>
public sealed class NativeHost(IMessageSink console) : PublishedHost(console, "aot", Native);
