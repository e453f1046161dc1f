using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

/// <summary>The descriptors of the process are counted by asking the system.</summary>
public class DescriptorTableTests
{
    [Fact]
    public void The_limit_is_the_systems_soft_limit()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var line = File.ReadLines("/proc/self/limits").Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        Assert.Equal(soft, $"{DescriptorTable.Limit}");
        Assert.Equal(DescriptorTable.Limit, Transport.DescriptorLimit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(200)]
    public void Free_descriptors_are_counted_until_there_are_enough(int enough)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var free = DescriptorTable.CountFree(DescriptorTable.Limit!.Value, enough);
        // The last call may find up to 128 more.
        Assert.InRange(free, enough, enough + 128);
    }

    [Fact]
    public void Open_descriptors_are_not_counted_as_free()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // The descriptors below this limit, standard input, output and error, are open.
        Assert.Equal(0, DescriptorTable.CountFree(3, 1));
        using var file = File.OpenHandle(typeof(DescriptorTableTests).Assembly.Location);
        var open = (int)file.DangerousGetHandle();
        Assert.Equal(0, DescriptorTable.CountFreeBetween(open, open + 1, 1));
        // No descriptor has this number.
        Assert.Equal(1, DescriptorTable.CountFreeBetween(int.MaxValue - 1, int.MaxValue, 1));
    }
}
