using System.Runtime.InteropServices;

namespace TPacket.Transports.Native;

/// <summary>The kernel's <c>pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Asked;
    public short Reported;
}
