namespace TPacket.Server.Tests.Harness;

/// <summary>The layers between the server and a client at an endpoint.</summary>
public enum EndpointKind
{
    Plain,
    Tls,
    Proxy,
    ProxyAndTls,
    Unix,
}
