using TPacket.Samples.Tests;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The terminal's chat as a native program: what the client for .NET becomes.</summary>
public sealed class NativeChat(IMessageSink console) : PublishedSample(console, SampleProcess.TerminalChat, "aot-chat", Native);
