%% Builds a registry as a tree of files, signed, with what rebar3 itself has for that.
%% escript hex-registry.escript REBAR3 FOLDER

main([Rebar3, Folder]) ->
    {ok, Parts} = escript:extract(Rebar3, []),
    {ok, Files} = zip:extract(proplists:get_value(archive, Parts), [memory]),
    [load(Name, Code) || {Name, Code} <- Files, string:find(Name, "/r3_hex") =/= nomatch],
    {ok, _} = application:ensure_all_started(crypto),
    Key = public_key:generate_key({rsa, 2048, 65537}),
    Private = pem('RSAPrivateKey', Key),
    put(folder, Folder),
    put(key, Private),
    write("public_key", pem('SubjectPublicKeyInfo', public(Key))),
    write("other_key", pem('SubjectPublicKeyInfo', public(public_key:generate_key({rsa, 2048, 65537})))),
    publish(<<"gateway_leaf">>, [<<"1.0.0">>, <<"1.1.0-rc.1">>], []),
    publish(<<"gateway_twig">>, [<<"1.3.2">>], [<<"gateway_leaf">>]),
    publish(<<"gateway_branch">>, [<<"2.0.0">>, <<"2.1.0+build.7">>], [<<"gateway_leaf">>, <<"gateway_twig">>]).

load(Name, Code) ->
    Module = list_to_atom(filename:basename(Name, ".beam")),
    {module, Module} = code:load_binary(Module, Name, Code).

public(Key) ->
    {'RSAPublicKey', element(3, Key), element(4, Key)}.

pem(Type, Key) ->
    public_key:pem_encode([public_key:pem_entry_encode(Type, Key)]).

publish(Name, Versions, Dependencies) ->
    Package = #{repository => <<"hexpm">>, name => Name, releases => [release(Name, V, Dependencies) || V <- Versions]},
    Payload = r3_hex_registry:encode_package(Package),
    Signed = r3_hex_registry:sign_protobuf(Payload, get(key)),
    write(["packages/", Name], zlib:gzip(Signed)).

release(Name, Version, Dependencies) ->
    Metadata = #{
        <<"name">> => Name,
        <<"app">> => Name,
        <<"version">> => Version,
        <<"build_tools">> => [<<"rebar3">>]
    },
    App = io_lib:format("{application,~s,[{vsn,\"~s\"},{modules,[]},{applications,[kernel,stdlib]}]}.~n", [Name, Version]),
    Code = io_lib:format("-module(~s).~n-export([version/0]).~nversion() -> \"~s\".~n", [Name, Version]),
    {ok, #{tarball := Tarball, inner_checksum := Inner, outer_checksum := Outer}} =
        r3_hex_tarball:create(Metadata, [
            {binary_to_list(<<"src/", Name/binary, ".app.src">>), iolist_to_binary(App)},
            {binary_to_list(<<"src/", Name/binary, ".erl">>), iolist_to_binary(Code)}
        ]),
    write(["tarballs/", Name, "-", Version, ".tar"], Tarball),
    #{
        version => Version,
        inner_checksum => Inner,
        outer_checksum => Outer,
        dependencies => [#{package => D, requirement => <<"~> 1.0">>} || D <- Dependencies]
    }.

write(Name, Bytes) ->
    File = filename:join(get(folder), binary_to_list(iolist_to_binary(Name))),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, Bytes).
