using System.Reflection;
using Xunit.Sdk;

namespace TPacket.WebSockets.Tests;

/// <summary>Adds a case for a server and one for a client: the role is the first argument of the test.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class BothRolesAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Enum.GetValues<Role>().Select(role => (object[])[role, .. arguments]);
}
