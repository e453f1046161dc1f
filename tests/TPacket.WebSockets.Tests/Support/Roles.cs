namespace TPacket.WebSockets.Tests;

/// <summary>Creates cases for a server and for a client.</summary>
internal static class Roles
{
    public static TheoryData<Role, T> With<T>(params IEnumerable<T> cases)
    {
        var data = new TheoryData<Role, T>();
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var one in cases)
                data.Add(role, one);
        }

        return data;
    }
}
