using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>IL with native code beside it, for the machine's runtime.</summary>
public sealed class ReadyToRunHost(IMessageSink console) : PublishedHost(console, "r2r", "-p:PublishReadyToRun=true", "--no-self-contained");
