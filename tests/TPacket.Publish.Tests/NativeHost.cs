using TPacket.Interop.Tests.Peers;
using Xunit.Abstractions;

namespace TPacket.Publish.Tests;

/// <summary>One native program, without a runtime beside it. That takes a linker, which is installed where there is none and that is possible.</summary>
public sealed class NativeHost(IMessageSink console) : PublishedHost(console, "aot", "-p:PublishAot=true")
{
    public override async Task InitializeAsync()
    {
        // The SDK calls either, the first for choice; for anything else it says itself what is missing.
        if (OperatingSystem.IsLinux())
            await Tool.FindOrInstallAsync(Console, "gcc libc6-dev", "clang", "gcc");
        await base.InitializeAsync();
    }
}
