namespace TPacket.Interop.Tests.Specifications;

/// <summary>Statuses and reasons of close frames that an application may choose on either side (RFC 6455, section 7.4).</summary>
public sealed class Closes : TheoryData<int, string>
{
    public Closes()
    {
        Add(1000, "");
        Add(1000, "done");
        Add(3000, "grüße 😀");
        // The longest reason that a control frame has room for.
        Add(4999, new string('x', 123));
    }
}
