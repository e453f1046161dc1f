using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The console host as one native program, without a runtime.</summary>
public sealed class NativeHost(IMessageSink console) : PublishedHost(console, "aot", Native);
