using TPacket.Samples.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The terminal's chat, with the client for .NET, as a native program.</summary>
public sealed class NativeChat(IMessageSink console) : PublishedSample(console, SampleProcess.TerminalChat, "aot-chat", Native);
