using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>The console host as IL and native code, for the machine's runtime.</summary>
public sealed class ReadyToRunHost(IMessageSink console) : PublishedHost(console, "r2r", "-p:PublishReadyToRun=true", "--no-self-contained");
