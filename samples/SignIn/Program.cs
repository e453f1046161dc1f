using SignIn;
using TPacket.Samples;

if (args is ["hash"])
{
    Console.WriteLine(AccountDirectory.Hash(Console.ReadLine() ?? ""));
    return 0;
}

return await HostProgram.RunAsync(() => SignInApp.Build(args));
